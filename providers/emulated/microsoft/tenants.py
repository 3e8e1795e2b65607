"""Microsoft's tenants: the words in the path, and which accounts and apps they admit."""

from dataclasses import dataclass

from providers.emulated.consoles import Registration, SignInAudience
from providers.emulated.people import (
    ATTACKER_TENANT,
    COUNCIL_TENANT,
    PERSONAL_TENANT,
    TENANT_DOMAINS,
    Account,
)

TEMPLATE = "{tenantid}"
NOT_MULTITENANT = 50194
FOREIGN_USER = 50020
PERSONAL_IN_WORK_APP = 500208
PERSONAL_ONLY_APP = 9002331
WORK_ONLY_APP = 9002332

_PERSONAL_APPS: tuple[SignInAudience, ...] = (
    "PersonalMicrosoftAccount",
    "AzureADandPersonalMicrosoftAccount",
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant as asked for in the path (`asked`), and what it means.

    `issuer_tenant` is a GUID, or the literal template for `common` and `organizations`.
    """

    asked: str
    issuer_tenant: str
    personal: bool
    work: bool

    @property
    def region(self) -> str | None:
        """`tenant_region_scope` of the metadata: null for the tenants that are not one."""
        if self.issuer_tenant == TEMPLATE:
            return None
        return "WW" if self.personal else "EU"

    def admits(self, account: Account) -> bool:
        """Say whether this account can sign in at this tenant's endpoints."""
        if account.tenant == PERSONAL_TENANT:
            return self.personal
        return self.work and self.issuer_tenant in (TEMPLATE, account.tenant)


def find_tenant(asked: str) -> Tenant | None:
    """Return the tenant of a path segment: an alias, a GUID or a domain; None: no such tenant."""
    if asked in ("consumers", PERSONAL_TENANT):
        return Tenant(asked, PERSONAL_TENANT, personal=True, work=False)
    if asked == "common":
        return Tenant(asked, TEMPLATE, personal=True, work=True)
    if asked == "organizations":
        return Tenant(asked, TEMPLATE, personal=False, work=True)
    guid = TENANT_DOMAINS.get(asked, asked)
    if guid in (COUNCIL_TENANT, ATTACKER_TENANT):
        return Tenant(asked, guid, personal=False, work=True)
    return None


def refuse_app(tenant: Tenant, registration: Registration) -> int | None:
    """Return the AADSTS code where the app's audience does not fit the tenant asked for."""
    if registration.audience == "PersonalMicrosoftAccount" and tenant.work:
        return PERSONAL_ONLY_APP
    if registration.audience not in _PERSONAL_APPS and not tenant.work:
        return WORK_ONLY_APP
    is_single = registration.audience == "AzureADMyOrg"
    if is_single and tenant.issuer_tenant != registration.home_tenant:
        return NOT_MULTITENANT
    return None


def refuse_account(tenant: Tenant, registration: Registration, account: Account) -> int | None:
    """Return the AADSTS code where the account does not fit the tenant or the app."""
    is_personal = account.tenant == PERSONAL_TENANT
    if is_personal and not (tenant.personal and registration.audience in _PERSONAL_APPS):
        return PERSONAL_IN_WORK_APP
    return None if tenant.admits(account) else FOREIGN_USER
