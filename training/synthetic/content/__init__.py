"""What an invented report says: agency, figures, sentences, wordings, in the order of its pages."""
