"""The shared vocabulary: activities and their catalogue, periods, money, estimates, errors. Imports nothing of ours."""
