"""Compiled commitments as templates of the model, any terms whatever."""

from __future__ import annotations

from surety.models.commitments import Parameter, Property, Template, Terms
from surety.predicates import Compiled
from surety.sdk import templates


def template_of(compiled: Compiled, **terms: int) -> Template:
    """What the registry takes of a compiled text, with some terms replaced."""
    told, properties, parameters, text = templates.template_of(compiled).arguments
    return Template(
        Terms(*told)._replace(**terms),
        tuple(Property(*one) for one in properties),
        tuple(Parameter(*one) for one in parameters),
        text,
    )
