"""Plans of campaigns."""

from bot.campaigns.campaign import CampaignKind, Plan
from tests.people import OURS

NOTICE = Plan("news", CampaignKind.NOTICE, "billing", "campaign.notice", sender=OURS)
