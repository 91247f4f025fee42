"""The fundraising grid: which rows and columns are asked for, how they are read, shown, edited and exported."""
