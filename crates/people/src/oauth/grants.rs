//! Codes and tokens: what somebody allows, what a program is given for it.

use base::{Actor, OAuthTokenId, Result, Timestamp, UserId, time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Tx;
use kernel::http::Scopes;

use super::clients::{Client, ClientKind, SHOWN};
use super::tokens::Token;
use super::{Granted, Refusal};
use crate::store::oauth as store;

/// How long a code works, in milliseconds.
const CODE_LASTS: i64 = 2 * time::MINUTE;
/// How long an access token works: by default and within which bounds, in milliseconds. Zendesk's.
const TOKEN: (i64, i64, i64) = (30 * time::MINUTE, 5 * time::MINUTE, 2 * time::DAY);
/// The same of refresh tokens.
const REFRESH: (i64, i64, i64) = (30 * time::DAY, 7 * time::DAY, 90 * time::DAY);

/// How long the tokens of a grant work, in milliseconds; `None` for as long as nobody takes them back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lasts {
    /// The access token.
    pub token: Option<i64>,
    /// The refresh token; without one there is no refresh token.
    pub refresh: Option<i64>,
}

impl Lasts {
    /// What `expires_in` and `refresh_token_expires_in` ask for, in seconds.
    pub fn asked(token: Option<&str>, refresh: Option<&str>) -> Granted<Self> {
        let read = |name: &str, text: Option<&str>, (default, least, most): (i64, i64, i64)| {
            let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Some(default)) };
            let millis = text.trim().parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000));
            let within = millis.filter(|millis| (least..=most).contains(millis));
            let text = format!("{name} takes seconds between {} and {}", least / 1_000, most / 1_000);
            within.map(Some).ok_or(Refusal::new("invalid_request", text))
        };
        let token = read("expires_in", token, TOKEN)?;
        Ok(Self { token, refresh: read("refresh_token_expires_in", refresh, REFRESH)? })
    }
}

/// How a program proves that it is the one that asked (RFC 7636).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// The verifier itself.
    Plain(String),
    /// Its SHA-256.
    S256(String),
}

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method`.
    pub fn parse(challenge: &str, method: Option<&str>) -> Granted<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        if !(43..=128).contains(&challenge.len()) || !challenge.chars().all(plain) {
            let text = "code_challenge takes 43 to 128 letters, digits and -._~";
            return Err(Refusal::new("invalid_request", text));
        }
        match method.filter(|method| !method.is_empty()) {
            None | Some("plain") => Ok(Self::Plain(challenge.to_owned())),
            Some("S256") => Ok(Self::S256(challenge.to_owned())),
            Some(_) => Err(Refusal::new("invalid_request", "code_challenge_method takes S256 or plain")),
        }
    }

    /// The challenge and the name of its method.
    pub fn parts(&self) -> (&str, &'static str) {
        match self {
            Self::Plain(text) => (text, "plain"),
            Self::S256(text) => (text, "S256"),
        }
    }

    fn is_met_by(&self, verifier: &str) -> bool {
        let hash = || URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()));
        match self {
            Self::Plain(text) => text == verifier,
            Self::S256(text) => *text == hash(),
        }
    }
}

/// What somebody lets a program do.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Where they are sent back to, as the program named it; empty when it left that to what is registered.
    pub redirect_uri: String,
    /// What the program may do.
    pub scopes: Scopes,
    /// How the program proves that it is the one that asked.
    pub challenge: Option<Challenge>,
    /// How long its tokens work, where the authorization said so.
    pub lasts: Option<Lasts>,
}

/// A code that waits for its program.
pub(crate) struct Code {
    pub client: base::OAuthClientId,
    pub user: UserId,
    pub consent: Consent,
    pub expires_at: Timestamp,
}

/// Texts of a token, told once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token without its texts.
    pub token: Token,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: Option<String>,
}

/// Somebody lets a program in: gives the code that the program turns into a token.
pub fn allow(tx: &mut Tx<'_>, actor: &Actor, client: &Client, consent: Consent) -> Result<String> {
    let text = tx.app().secrets().token();
    let expires_at = tx.now().plus(CODE_LASTS);
    store::forget_codes(tx)?;
    let code = Code { client: client.id, user: actor.user, consent, expires_at };
    store::insert_code(tx, &tx.app().secrets().hash_token(&text), &code)?;
    Ok(text)
}

/// What a program shows to turn a code into a token.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Shown {
    pub code: String,
    pub redirect_uri: String,
    pub verifier: Option<String>,
}

/// Turns a code into a token. The code is used up, whatever comes of it.
pub fn redeem(tx: &mut Tx<'_>, client: &Client, shown: &Shown, lasts: Lasts) -> Result<Granted<Issued>> {
    let refused = |text: &str| Ok(Err(Refusal::new("invalid_grant", text)));
    let hash = tx.app().secrets().hash_token(&shown.code);
    let code = store::take_code(tx, &hash)?;
    let Some(code) = code.filter(|code| code.client == client.id && code.expires_at > tx.now()) else {
        return refused("The code is unknown, was used or ran out");
    };
    if code.consent.redirect_uri != shown.redirect_uri {
        return refused("redirect_uri is not that of the authorization");
    }
    let met = match (&code.consent.challenge, &shown.verifier) {
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
        (Some(_), None) => false,
        (None, _) => client.kind == ClientKind::Confidential,
    };
    if !met {
        return refused("code_verifier is not that of the authorization");
    }
    if crate::find_user(tx, code.user)?.is_none_or(|user| !user.may_sign_in()) {
        return refused("The person who allowed this may not sign in any more");
    }
    issue(tx, client, code.user, &code.consent.scopes, code.consent.lasts.unwrap_or(lasts)).map(Ok)
}

/// Gives a program a token.
pub fn issue(tx: &mut Tx<'_>, client: &Client, user: UserId, scopes: &Scopes, lasts: Lasts) -> Result<Issued> {
    let now = tx.now();
    let token = Token {
        id: OAuthTokenId(0),
        client: client.id,
        user,
        scopes: scopes.clone(),
        hint: String::new(),
        refresh_hint: None,
        lasts,
        created_at: now,
        used_at: None,
        expires_at: None,
        refresh_expires_at: None,
    };
    let mut issued = renew(tx, token);
    issued.token.id = store::insert_token(tx, &issued.token, &hashes(tx, &issued))?;
    Ok(issued)
}

/// Replaces a token by a newer one, on its refresh token. That one works no more; who shows it again is refused, and the
/// newer one lives on.
pub fn refresh(tx: &mut Tx<'_>, client: &Client, text: &str, scope: Option<&Scopes>) -> Result<Granted<Issued>> {
    let refused = || Ok(Err(Refusal::new("invalid_grant", "The refresh token is unknown, was used or ran out")));
    let now = tx.now();
    let hash = tx.app().secrets().hash_token(text);
    let Some(token) = store::token_by_refresh(tx, &hash)?.filter(|token| token.client == client.id) else {
        return refused();
    };
    let user = crate::find_user(tx, token.user)?.filter(crate::User::may_sign_in);
    if user.is_none() || token.refresh_expires_at.is_some_and(|at| at <= now) {
        return refused();
    }
    if scope.is_some_and(|scope| !token.scopes.cover(scope)) {
        return Ok(Err(Refusal::new("invalid_scope", "A refresh can't ask for more than was allowed")));
    }
    let issued = renew(tx, token);
    // Of two at once one finds the text replaced.
    match store::replace_token(tx, &issued.token, &hashes(tx, &issued), &hash)? {
        true => Ok(Ok(issued)),
        false => refused(),
    }
}

/// New texts for a token.
fn renew(tx: &mut Tx<'_>, mut token: Token) -> Issued {
    let now = tx.now();
    let secrets = tx.app().secrets();
    let text = || format!("{}{}", secrets.token(), secrets.token());
    let hint = |text: &String| text.chars().take(SHOWN).collect::<String>();
    let access = text();
    let refresh = token.lasts.refresh.map(|_| text());
    token.hint = hint(&access);
    token.refresh_hint = refresh.as_ref().map(hint);
    token.expires_at = token.lasts.token.map(|millis| now.plus(millis));
    token.refresh_expires_at = token.lasts.refresh.map(|millis| now.plus(millis));
    Issued { token, access, refresh }
}

fn hashes(tx: &Tx<'_>, issued: &Issued) -> (String, Option<String>) {
    let secrets = tx.app().secrets();
    (secrets.hash_token(&issued.access), issued.refresh.as_ref().map(|text| secrets.hash_token(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_is_met() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256")).unwrap();
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(Challenge::parse("short", None).is_err());
    }

    #[test]
    fn tokens_last_within_zendesks_bounds() {
        assert_eq!(Lasts::asked(None, None).unwrap().token, Some(30 * time::MINUTE));
        assert_eq!(Lasts::asked(Some("300"), None).unwrap().token, Some(5 * time::MINUTE));
        for bad in ["299", "172801", "soon", "9999999999999999999", "-1"] {
            assert_eq!(Lasts::asked(Some(bad), None).unwrap_err().code, "invalid_request");
        }
    }
}
