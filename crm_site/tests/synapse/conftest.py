from crm_site.tests.synapse.journeys import lasting_database, office, people

__all__ = ["lasting_database", "office", "people"]
