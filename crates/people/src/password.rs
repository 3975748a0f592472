//! Passwords: Argon2id, with the costs that OWASP recommends.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{Error, Result};
use kernel::App;
use tokio::sync::Semaphore;

/// Passwords hashed at the same time: each takes memory and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The fewest characters of a password.
const SHORTEST: usize = 8;
/// The most.
const LONGEST: usize = 512;

/// What a password has to be, in the words of Zendesk's API.
pub(crate) fn requirements() -> Vec<String> {
    vec![format!("must be at least {SHORTEST} characters"), format!("must be at most {LONGEST} characters")]
}

/// What hashing a password costs; a part of the app. Without it, OWASP's recommendation for Argon2id holds.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory: 19_456, passes: 2 }
    }
}

impl PasswordCost {
    /// Next to nothing, for tests.
    pub fn cheapest() -> Self {
        Self { memory: 8, passes: 1 }
    }

    fn argon2(self) -> Result<Argon2<'static>> {
        let params =
            Params::new(self.memory, self.passes, 1, None).map_err(|cause| Error::internal(cause.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

fn cost(app: &App) -> PasswordCost {
    app.part::<PasswordCost>().copied().unwrap_or_default()
}

/// The hash of a password in PHC form. It takes long on purpose: never call it in a transaction or on an async thread.
///
/// # Errors
/// `Invalid` for a password that is too short or too long.
pub fn hash_password(app: &App, password: &str) -> Result<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        let text = format!("Password: must be at least {SHORTEST} characters");
        return Err(Error::invalid("password", "TooShort", text));
    }
    if length > LONGEST {
        let text = format!("Password: must be at most {LONGEST} characters");
        return Err(Error::invalid("password", "TooLong", text));
    }
    let mut salt = [0; 16];
    app.secrets().fill(&mut salt);
    hash(cost(app), password, &salt)
}

fn hash(cost: PasswordCost, password: &str, salt: &[u8]) -> Result<String> {
    let hash = cost.argon2()?.hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|cause| Error::internal(cause.to_string()))
}

/// Whether the password has this hash. Without a hash it takes as long and is false, so that the time tells nothing.
pub fn verify_password(app: &App, password: &str, hashed: Option<&str>) -> bool {
    let argon2 = Argon2::default();
    match hashed {
        Some(hashed) => argon2.verify_password(password.as_bytes(), hashed).is_ok(),
        None => hash(cost(app), password, &[0; 16]).is_ok_and(|_| false),
    }
}

/// [`hash_password`] on a thread that may block.
pub(crate) async fn hash_aside(app: &App, password: String) -> Result<String> {
    aside(app, move |app| hash_password(app, &password)).await?
}

/// [`verify_password`] on a thread that may block.
pub(crate) async fn verify_aside(app: &App, password: String, hashed: Option<String>) -> Result<bool> {
    aside(app, move |app| verify_password(app, &password, hashed.as_deref())).await
}

async fn aside<T: Send + 'static>(app: &App, work: impl FnOnce(&App) -> T + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    let app = app.clone();
    tokio::task::spawn_blocking(move || work(&app)).await.map_err(Error::internal)
}
