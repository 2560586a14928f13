"""The layout network: trained on pages with gold, measured, and written to `models/weights/layout`.

python -m training.layout OUT --train DATASET --dev DATASET     train or resume; export
python -m training.layout.evaluate DATASET                      region F1 beside the CDLA network
"""
