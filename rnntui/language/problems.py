from rnntui.text.problems import *
