"""One small Django app per stage of the method, in the order in which a consultation lives.

library → framing → participation → moderation → animation → outcomes → analysis
"""
