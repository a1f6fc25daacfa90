"""How often people may try to come in (common.limits). Keys are mailboxes, whatever the city."""

from common.limits import Limit

# Mails with a code and a link. A mailbox is not flooded; a whole room on one network comes in: whoever comes in
# gives their place back.
SIGN_IN_MAILS = Limit("sign_in_mails", "5/15m/key", "20/6h/key", "120/5m/network")
# Where those are used up, by strangers perhaps: to somebody who has an account in a city, from there.
SIGN_IN_MAILS_OF_OWN = Limit("sign_in_mails_of_own", "1/15m/key", "6/6h/key")
# Codes typed. Wrong five times, the codes of a mailbox are over, in every city; the links go on.
SIGN_IN_GUESSES = Limit("sign_in_guesses", "5/15m/key", "100/15m/network")
# Codes of an app and recovery codes, in one session of one person: nobody else's wrong ones keep them out of it.
FACTOR_GUESSES = Limit("factor_guesses", "5/15m/key", "100/15m/network")
# The same for one person, of all sessions that have not shown the factor yet: each has come through their mailbox.
FACTOR_GUESSES_AT_THE_DOOR = Limit("factor_guesses_at_the_door", "20/h/key")
# Invitations into the team of one city: each is a mail to an address that somebody typed.
TEAM_INVITATIONS = Limit("team_invitations", "20/h/key", "60/d/key")
# And to one mailbox, whoever invites: sending again is a press.
INVITATION_MAILS = Limit("invitation_mails", "3/h/key", "6/d/key")
# Visitors for whom something is kept until they come in: each has a session. A whole fair behind one address.
NEWCOMERS = Limit("newcomers", "1000/h/network")
# Codes for another address: by whoever asks, who may mistype; by the mailbox that they go to, not to be flooded.
ADDRESS_CHANGES = Limit("address_changes", "10/h/key", "60/h/network")
ADDRESS_MAILS = Limit("address_mails", "3/h/key", "6/d/key")
# All that is held about somebody is read for it.
OWN_COPIES = Limit("own_copies", "10/h/key")
# Administrators who give somebody a way back in, by an address.
WAYS_BACK = Limit("ways_back", "20/h/key")
# What defends an account: nothing else that a session does uses it up.
DEFENCE = Limit("defence", "60/10m/key", "3000/m/network")
# Whoever wants to leave a shared computer does.
SIGN_OUTS = Limit("sign_outs", "3000/m/network")
# Accounts that come into a city for the first time (accounts.newcomers), by its visitors' networks and by the mail
# domains that somebody bought: a town meeting on one network, a school with its own addresses. Never given back.
FIRST_ENTRIES_BY_NETWORK = Limit("first_entries_by_network", "150/h/key", "400/d/key")
FIRST_ENTRIES_BY_DOMAIN = Limit("first_entries_by_domain", "60/h/key", "120/d/key")
# The list of neighbourhoods: each change may carry over what thousands of people have said.
NEIGHBOURHOODS = Limit("neighbourhoods", "20/10m/key")
