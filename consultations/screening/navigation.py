"""Where the lexicon is in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(Menu.OPS, "ops_lexicon", _("Lexicon"), order=55, inside="ops_lexicon_*")
