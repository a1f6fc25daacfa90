"""Facts about outcomes, sent through the outbox (common.outbox.announce_later): never lost, perhaps sent twice."""

from common.events import Event

answer_assigned = Event("answer_assigned")  # answer_id, actor_id, at: to be written
opinion_asked = Event("opinion_asked")  # opinion_id
opinion_given = Event("opinion_given")  # opinion_id
opinion_taken_back = Event("opinion_taken_back")  # opinion_id: the request
answer_to_sign = Event("answer_to_sign")  # answer_id
answer_taken_back = Event("answer_taken_back")  # answer_id: from being signed, to be written again
answer_sent_back = Event("answer_sent_back")  # answer_id, actor_id
answer_published = Event("answer_published")  # version_id
project_published = Event("project_published")  # project_id, actor_id
project_moved = Event("project_moved")  # change_id, actor_id: it came into another state
project_news_published = Event("project_news_published")  # news_id
milestone_reached = Event("milestone_reached")  # milestone_id, actor_id
