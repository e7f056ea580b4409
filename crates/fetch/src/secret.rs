//! Secrets by reference: the configuration names where a secret is, never what it is.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest secret read, in bytes.
const MAX_LENGTH: u64 = 64 * 1024;

/// Why a secret cannot be read. Names the reference, never the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Not a reference; the text is not repeated, since it may be the secret itself.
    #[error("not a reference to a secret; write env:NAME, file:/path or credential:name")]
    Reference,
    /// The environment has no such variable.
    #[error("the environment variable {0} is not set")]
    Variable(String),
    /// systemd passed no credentials.
    #[error("no systemd credentials: CREDENTIALS_DIRECTORY is not set; see LoadCredential=")]
    NoCredentials,
    /// The file cannot be read.
    #[error("the secret's file {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Reads the secret that a reference names: `env:NAME` from the environment, `file:/path` from a
/// file, `credential:name` from systemd's credentials. White space at its end is not part of it.
///
/// ```
/// let error = fetch::read_secret("hunter2").unwrap_err();
/// assert!(!error.to_string().contains("hunter2"));
/// ```
pub fn read_secret(reference: &str) -> Result<String, SecretError> {
    match reference.trim().split_once(':') {
        Some(("env", name)) => {
            let value = env::var(name).map_err(|_| SecretError::Variable(name.to_owned()))?;
            Ok(value.trim_end().to_owned())
        }
        Some(("file", path)) => read_file(Path::new(path)),
        Some(("credential", name)) if !name.contains(['/', '\0']) => {
            let folder = env::var_os("CREDENTIALS_DIRECTORY").ok_or(SecretError::NoCredentials)?;
            read_file(&Path::new(&folder).join(name))
        }
        _ => Err(SecretError::Reference),
    }
}

fn read_file(path: &Path) -> Result<String, SecretError> {
    let error = |source| SecretError::File { path: path.to_owned(), source };
    let length = fs::metadata(path).map_err(error)?.len();
    if length > MAX_LENGTH {
        return Err(error(std::io::ErrorKind::FileTooLarge.into()));
    }
    let text = fs::read_to_string(path).map_err(error)?;
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_file_and_the_environment() {
        let path = env::temp_dir().join(format!("fetch-secret-{}", std::process::id()));
        fs::write(&path, "hunter2\n").unwrap();
        let reference = format!("file:{}", path.display());
        assert_eq!(read_secret(&reference).unwrap(), "hunter2");
        fs::remove_file(&path).unwrap();
        assert!(matches!(read_secret(&reference), Err(SecretError::File { .. })));
        assert!(!read_secret("env:PATH").unwrap().is_empty());
        assert!(matches!(read_secret("env:NO_SUCH_VARIABLE"), Err(SecretError::Variable(_))));
        assert!(matches!(read_secret("credential:../x"), Err(SecretError::Reference)));
    }
}
