"""Open data is made of the rest of the city, and is in no copy of it: it is there to be taken along as it is."""

from common.citycopy import in_city_copies
from consultations.opendata.models import Build, OpenFile, OpenFilePart

in_city_copies(Build, never="id value soon built_at")
in_city_copies(OpenFile, never="id consultation_id name rows size digest changed_at")
in_city_copies(OpenFilePart, never="id file_id position content")
