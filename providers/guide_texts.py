"""The words of the guides, by kind of provider: a few facts of each console.

Consoles change; each text says where to look rather than what colour the button has. Paragraphs
stand apart by an empty line; `guide` fills in what is in braces, numbers the steps and wraps.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One guide before it is set."""

    title: str
    steps: str
    reviews: str
    pitfalls: str


ACCOUNT_TYPES = {
    "": "Personal Microsoft accounts only",
    "consumers": "Personal Microsoft accounts only",
    "common": "Accounts in any organizational directory and personal Microsoft accounts",
    "organizations": "Accounts in any organizational directory",
}
ONE_TENANT = "Accounts in this organizational directory only"

MICROSOFT = Text(
    title="Microsoft: app registration",
    steps="""
Sign in to entra.microsoft.com with an account of the utility's own tenant: Identity,
Applications, App registrations, New registration.

Supported account types: "{account_type}". It must agree with `tenant` in the
configuration and is hard to change later.

Redirect URI: platform Web (not Single-page application), {redirect_uri}

Copy Application (client) ID into providers.{name}.client_id.

Certificates & secrets, New client secret: at most 24 months. Copy its Value at once (not its
Secret ID) into client_secrets, and its end into secret_expires_on.

Token configuration, Add optional claim, ID: email and auth_time. With auth_time we can prove that
a demanded new login took place. For work accounts add xms_edov in the manifest, so that an
e-mail's domain can be believed.

Authentication: leave the implicit and hybrid boxes off.

Branding & properties: name, logo, home page {site_url}, privacy statement {privacy_url},
publisher domain.
""",
    reviews="""
None for personal accounts with openid, profile and email.

Publisher verification (a Cloud Partner ID) is needed where people of other organisations are to
consent with their work accounts.
""",
    pitfalls="""
The most common outage is a secret that ended: put it in the calendar. An app for personal
accounts may have two secrets at once; use that to change them.

Redirect addresses are case-sensitive, https, at most 256 characters, and with personal accounts
without a query.

unauthorized_client or AADSTS500208 means that the account types and `tenant` do not agree.

Somebody may have a work and a personal account with the same address; they are two identities.
""",
)

GOOGLE = Text(
    title="Google: OAuth client",
    steps="""
Open console.cloud.google.com, make a project for production (another for tests), and go to Google
Auth Platform.

Branding: app name, support e-mail, logo, home page {site_url}, privacy policy {privacy_url}, and
the domain of both under Authorised domains.

Audience: External, then Publish app, so that it is In production. In Testing only 100 named
people can sign in.

Data access: openid, email and profile, and nothing more.

Clients, Create client, Web application. Authorised redirect URIs: {redirect_uri}

Copy the client ID and secret into providers.{name}. The secret is shown once.
""",
    reviews="""
Brand verification, some days: show in Search Console that the domain is yours. Without it the
consent page shows neither name nor logo.

No app verification for these three scopes.
""",
    pitfalls="""
Changes take from five minutes to some hours.

A client that nobody has used for long is deleted by Google.

Google refuses embedded browsers (disallowed_useragent): links opened inside other apps, or a
WebView of your own app. The help page says so.

Google cannot make people log in anew, so it is not offered where a portal demands that.

Administrators of a Workspace may block the app; the person then sees Google's page and does not
come back.
""",
)

FACEBOOK = Text(
    title="Facebook: app with Facebook Login",
    steps="""
Open developers.facebook.com, My Apps, Create App, use case Authenticate and request data from
users with Facebook Login. Connect the utility's business portfolio.

Use cases, Customize: public_profile and email, and Get advanced access for both. Standard access
serves only people with a role in the app.

Facebook Login, Settings: Client OAuth login, Web OAuth login, Enforce HTTPS and Use Strict Mode
on; Embedded browser OAuth login and Login from devices off. Valid OAuth Redirect URIs:
{redirect_uri}

Settings, Basic: app domain, privacy policy URL {privacy_url}, user data deletion as instructions
URL {deletion_url}, category, icon, contact of the data protection officer.

Settings, Advanced: Require App Secret on. Each call carries a proof of it.

Copy App ID into providers.{name}.client_id and App secret into client_secrets.

Switch the app from Development to Live.
""",
    reviews="""
public_profile and email need no app review. Business verification may be asked for: have the
registration certificate from Bolagsverket at hand and reckon with one to two weeks.

Data Use Checkup every year: an app that misses it stops working. Put it in the calendar.
""",
    pitfalls="""
In Development it works for you and for nobody else.

The privacy and deletion pages must stay reachable, or Meta disables the app.

A new app means new ids: everybody would have to show their numbers again.

Resetting the secret ends the old one at once; plan a short outage.

Graph versions end after about two years: farstu providers check warns half a year ahead.

People may decline the e-mail or have none; Facebook verifies none.
""",
)

YAHOO = Text(
    title="Yahoo: app",
    steps="""
Open developer.yahoo.com/apps and choose Create an app: name, description, home page {site_url}

Redirect URI(s): {redirect_uri}

OAuth client type: Confidential client.

API permissions, OpenID Connect permissions: Email and Profile.

Copy Client ID and Client secret into providers.{name}.
""",
    reviews="""
None for the app. Use of Yahoo's logo needs approval by its brand team, about ten working days;
until then the button has its name in plain text.
""",
    pitfalls="""
Leave `pkce` as it is: Yahoo may refuse a proof key from a client with a secret.

A wrong redirect address or scope ends on Yahoo's own error page; people do not come back.

Without the Email permission no address is sent.

No two secrets at once are known: plan a short outage when you change it.

Few people in Sweden use it; consider enabled = false.
""",
)

OIDC = Text(
    title="OpenID Connect provider: {issuer}",
    steps="""
Register a confidential web application (relying party) there, for the authorization code flow.

Redirect address: {redirect_uri}, compared exactly.

Allow the scopes openid, profile and email, and a proof key (PKCE) with S256.

Have ID tokens signed with RS256, PS256 or ES256; RSA keys need 2048 bits.

Copy client id and secret into providers.{name}.
""",
    reviews="""
Whatever the provider asks for.
""",
    pitfalls="""
`issuer` must be what the provider's discovery document says, to the letter, trailing slash
included.

Hosts that its metadata points to, other than the issuer's, go into allowed_hosts.

Its subjects must be stable: a provider that gives somebody a new `sub` makes them a stranger.
""",
)

TEXTS: Mapping[str, Text] = {
    "microsoft": MICROSOFT,
    "google": GOOGLE,
    "facebook": FACEBOOK,
    "yahoo": YAHOO,
    "oidc": OIDC,
}
