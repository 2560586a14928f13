"""The national forms as data: catalogue, printed form, wordings and identities."""
