//! Database values and pieces of SQL, kept here so that crates that only *describe* conditions need no database.

/// A value as the databases keep it. Times are [`crate::Timestamp`] milliseconds in `Int`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A whole number, an id or a time.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// A truth value.
    Bool(bool),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $to:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $to
            }
        }
    )+};
}

value_from! {
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(v.into()),
    u32 => |v| Value::Int(v.into()),
    usize => |v| Value::Int(v as i64),
    f64 => |v| Value::Real(v),
    bool => |v| Value::Bool(v),
    String => |v| Value::Text(v),
    &String => |v| Value::Text(v.clone()),
    &str => |v| Value::Text(v.to_owned()),
    Vec<u8> => |v| Value::Blob(v),
    &[u8] => |v| Value::Blob(v.to_vec()),
    serde_json::Value => |v| Value::Text(v.to_string()),
    &serde_json::Value => |v| Value::Text(v.to_string()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value> + Clone> From<&Option<T>> for Value {
    fn from(value: &Option<T>) -> Self {
        value.clone().into()
    }
}

/// A piece of SQL with its parameters, written `$1`, `$2` ... in the order of `params`.
///
/// ```
/// use base::{Fragment, Value};
/// let mut where_ = Fragment::new("status = ");
/// where_.bind("open").push(" AND id > ").bind(7);
/// assert_eq!(where_.sql, "status = $1 AND id > $2");
/// assert_eq!(where_.params, [Value::from("open"), Value::from(7)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fragment {
    /// The text, with `$n` for the parameters.
    pub sql: String,
    /// The parameters; `$1` is the first.
    pub params: Vec<Value>,
}

impl Fragment {
    /// A fragment of text that has no parameters yet.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), params: Vec::new() }
    }

    /// Appends text that holds no parameters.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Appends a parameter and its `$n`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.params.push(value.into());
        self.sql.push('$');
        self.sql.push_str(&self.params.len().to_string());
        self
    }

    /// Appends parameters separated by commas, as `IN (...)` wants them.
    pub fn bind_all<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Appends another fragment, renumbering its parameters.
    pub fn append(&mut self, other: &Fragment) -> &mut Self {
        let offset = self.params.len();
        let mut rest = other.sql.as_str();
        while let Some(at) = rest.find('$') {
            self.sql.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(n) = rest[..digits].parse::<usize>() {
                self.sql.push_str(&(n + offset).to_string());
                rest = &rest[digits..];
            }
        }
        self.sql.push_str(rest);
        self.params.extend(other.params.iter().cloned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_renumbers_parameters() {
        let mut first = Fragment::new("a = ");
        first.bind(1);
        let mut second = Fragment::new("b IN (");
        second.bind_all(["x", "y"]).push(")");
        first.push(" AND ").append(&second);
        assert_eq!(first.sql, "a = $1 AND b IN ($2, $3)");
        assert_eq!(first.params.len(), 3);
    }
}
