"""The layout network: how it is made from pages with gold, measured, and written to `models/weights/layout`.

python -m training.layout OUT --train DATASET --dev DATASET     train, or go on where a run stopped; export
python -m training.layout.evaluate DATASET                      region F1 beside the CDLA network
"""
