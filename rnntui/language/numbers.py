from rnntui.text.numbers import *
