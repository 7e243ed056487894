"""What a text is: service, advertising or fraud. Pure: texts and numbers in, numbers out; only training loads scikit-learn."""
