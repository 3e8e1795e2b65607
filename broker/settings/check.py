"""Judging a configuration as a whole: every rule, every problem, in one list."""

from collections.abc import Callable, Iterator

from broker.settings.demo_digests import DEMO_DIGESTS
from broker.settings.problem import Problem
from broker.settings.rules import (
    brands,
    clients,
    companies,
    issuer,
    ladders,
    outbound,
    providers,
    registers,
    resources,
    secret_values,
    server,
    storage,
)
from broker.settings.schema import Settings

Rule = Callable[[Settings], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    issuer.issuer_is_an_origin,
    issuer.server_can_listen,
    issuer.sessions_end,
    server.proxies_are_named,
    server.tls_has_both_files,
    server.certificate_can_be_shown,
    server.metrics_have_a_port_of_their_own,
    server.traces_can_be_sent,
    secret_values.keys_are_there,
    secret_values.keys_are_random,
    secret_values.names_sort_by_age,
    secret_values.client_secrets_are_strong,
    secret_values.secrets_have_one_purpose,
    storage.databases_are_supported,
    storage.transient_is_apart,
    storage.passwords_have_a_use,
    companies.there_is_a_company,
    companies.companies_can_be_reached,
    companies.numbers_can_be_true,
    ladders.codes_are_sent,
    ladders.second_items_tell_more,
    registers.companies_have_their_register,
    registers.registers_can_be_asked,
    brands.colours_can_be_read,
    brands.logos_are_pictures,
    resources.audiences_are_distinct,
    resources.resources_serve_companies,
    resources.scopes_are_words,
    clients.clients_are_sound,
    providers.providers_are_registered,
    providers.addresses_are_safe,
    providers.keys_suit_the_kind,
    providers.values_are_possible,
    outbound.channels_are_described,
    outbound.mail_server_is_safe,
    outbound.webhook_is_safe,
    outbound.folder_is_for_trying_out,
    outbound.messages_have_a_sender,
)


def check(settings: Settings, *, refused: frozenset[str] = DEMO_DIGESTS) -> list[Problem]:
    """Return everything that is wrong, in the order of the rules; an empty list is a yes.

    `refused` holds SHA-256 digests of secrets that are publicly known.
    """
    found = [problem for rule in RULES for problem in rule(settings)]
    return [*found, *secret_values.no_secret_is_public(settings, refused)]
