"""Campaigns: what is done to the program by the ten thousand, and must not break it.

files    changed files of every format, through every command
         python -m tests.campaigns.files --count 100000 --seed 7
saving   training that is killed while it saves
         python -m tests.campaigns.saving --count 500
keys     random keys, pastes, mouse, sizes and signals in a pseudo-terminal
         python -m tests.campaigns.keys --runs 20 --keys 3000
numbers  extreme parameters, inputs and settings, through commands and the application
         python -m tests.campaigns.numbers --count 2000
         python -m tests.campaigns.numbers --application --count 200
long_run training in the application for an hour, with keys now and then
         python -m tests.campaigns.long_run --minutes 60 --instances 2

Run them in the root of the repository. The tests beside them run each for some seconds, the same
every time. A campaign is decided by its seed alone: `--seed 7 --only 123` is one case of it again. What
it finds it prints once a kind, made as short as it stays bad, and it ends with status 1.
"""
