"""What a user gives: sequence files, their data, parameters, training and worked answers."""
