"""How much attention a service level asks for; rules that hold for some of them may name the class.

Outsourcing agreements give credits and rights to leave for critical service levels, and keep key measurements and
reported ones beside them; the customer promotes and demotes by notice, which is a dated amendment.
"""

CLASSES = ("critical", "key", "reported")
