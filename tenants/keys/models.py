from django.db import models


class CityKey(models.Model):
    """A secret of a city, kept where no copy of its schema has it, and no role of a city reads (tenants.keys)."""

    schema_name = models.CharField(max_length=63)
    name = models.CharField(max_length=60)
    key = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["schema_name", "name"], name="city_key_once")]

    def __str__(self) -> str:
        return f"{self.schema_name}: {self.name}"
