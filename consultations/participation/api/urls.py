"""The API of contributions."""

from django.urls import path

from common.limits import limited_by
from consultations.participation.api import reading, writing
from consultations.participation.limits import PRESSES, WRITING

writes, presses = limited_by(WRITING), limited_by(PRESSES)

urlpatterns = [
    path("challenges/<slug:slug>/proposals/", writes(writing.Propose.as_view()), name="api_propose"),
    path("challenges/<slug:slug>/follow/", presses(writing.FollowedChallenge.as_view()), name="api_follow_challenge"),
    path("proposals/", reading.Proposals.as_view(), name="api_proposals"),
    path("proposals/<int:pk>/", writes(writing.OneProposal.as_view()), name="api_proposal"),
    path("proposals/<int:pk>/reaction/", presses(writing.OneReaction.as_view()), name="api_reaction"),
    path("proposals/<int:pk>/follow/", presses(writing.FollowedProposal.as_view()), name="api_follow_proposal"),
    path("proposals/<int:pk>/arguments/", writes(writing.Arguments.as_view()), name="api_arguments"),
    path("arguments/<int:pk>/", writes(writing.OneArgument.as_view()), name="api_argument"),
    path("arguments/<int:pk>/useful/", presses(writing.OneMark.as_view()), name="api_useful"),
    path("arguments/<int:pk>/replies/", writes(writing.Replies.as_view()), name="api_replies"),
    path("replies/<int:pk>/", writes(writing.OneReply.as_view()), name="api_reply"),
]
