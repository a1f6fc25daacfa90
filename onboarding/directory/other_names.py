"""Names that the directory does not give, and people type: those that an authority bore, or goes by."""

from tenants.enums import AuthorityKind

Key = tuple[AuthorityKind, str]

# What holds the powers of departments and regions that were. Corsica: loi n° 2015-991 du 7 août 2015, art. 30; Alsace:
# loi n° 2019-816 du 2 août 2019; Seine-et-Oise: loi n° 64-707 du 10 juillet 1964; regions: loi n° 2015-29 du 16 janvier
# 2015. Departments renamed in 1941 (17), 1955 (76), 1957 (44), 1969 (64), 1970 (04) and 1990 (22). Where the old name
# stands in the new one, the search finds it anyway.
_DEPARTMENTS = {
    "04": "Basses-Alpes",
    "17": "Charente-Inférieure",
    "22": "Côtes-du-Nord",
    "44": "Loire-Inférieure",
    "64": "Basses-Pyrénées",
    "6AE": "Bas-Rhin, Haut-Rhin",
    "76": "Seine-Inférieure",
    "78": "Seine-et-Oise",
    "91": "Seine-et-Oise",
    "95": "Seine-et-Oise",
}
_REGIONS = {
    "28": "Basse-Normandie, Haute-Normandie",
    "32": "Nord-Pas-de-Calais, Picardie",
    "44": "Champagne-Ardenne, Lorraine",
    "75": "Limousin, Poitou-Charentes",
    "76": "Languedoc-Roussillon, Midi-Pyrénées",
    "93": "PACA, Région Sud",
    "94": "Corse-du-Sud, Haute-Corse",
}
# As they call themselves, or did: Grand Lyon, marque de la Métropole de Lyon; Grand Toulouse until 2012, Grand Dijon
# until 2016.
_GROUPS = {"200046977": "Grand Lyon", "242100410": "Grand Dijon", "243100518": "Grand Toulouse"}
# Renamed, or gone into another without being delegated; towns of some size. INSEE, « Code officiel géographique »,
# événements survenus aux communes depuis 1943.
_COMMUNES = {
    "29019": "Lambézellec, Saint-Pierre-Quilbignon",
    "29232": "Ergué-Armel, Kerfeunteun, Penhars",
    "33063": "Caudéran",
    "35288": "Paramé, Saint-Servan-sur-Mer",
    "37261": "Sainte-Radegonde-en-Touraine",
    "38053": "Jallieu",
    "42218": "Terrenoire",
    "50129": "Octeville",
    "51108": "Châlons-sur-Marne",
    "57463": "Borny",
    "59009": "Annappes, Ascq, Flers-lez-Lille",
    "59183": "Malo-les-Bains, Petite-Synthe, Rosendaël",
    "69123": "Saint-Rambert-l’Île-Barbe",
    "76351": "Bléville, Sanvic",
    "85194": "Château-d’Olonne, Olonne-sur-Mer",
    "91228": "Courcouronnes",
}

OTHER_NAMES: list[tuple[Key, str]] = [
    ((kind, code), name)
    for kind, said in (
        (AuthorityKind.COMMUNE, _COMMUNES),
        (AuthorityKind.INTERCOMMUNALITY, _GROUPS),
        (AuthorityKind.DEPARTMENT, _DEPARTMENTS),
        (AuthorityKind.REGION, _REGIONS),
    )
    for code, names in said.items()
    for name in names.split(", ")
]
