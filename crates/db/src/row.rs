//! Rows as they come back.

use std::sync::Arc;

use base::{Error, Result, Timestamp, Value};

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The value of the named column.
    ///
    /// # Errors
    /// `Internal` when there is no such column or its value is of another type: both are mistakes in our SQL.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T> {
        let Some(at) = self.columns.iter().position(|name| name == column) else {
            return Err(Error::internal(format!("no column {column} among {:?}", self.columns)));
        };
        T::from_value(&self.values[at]).ok_or_else(|| Error::internal(format!("{column} is {:?}", self.values[at])))
    }

    /// The value of the column at this place, counted from 0. Errors as [`Row::get`].
    pub fn at<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.values.get(index).ok_or_else(|| Error::internal(format!("no column {index}")))?;
        T::from_value(value).ok_or_else(|| Error::internal(format!("column {index} is {value:?}")))
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The values, in the order of the columns.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

/// What a column's value can be read as.
pub trait FromValue: Sized {
    /// The value, or `None` when it is of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(n) => Some(*n),
            Value::Bool(b) => Some((*b).into()),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(n) => Some(*n),
            Value::Int(n) => Some(*n as f64),
            _ => None,
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(b) => Some(*b),
            Value::Int(n) => Some(*n != 0),
            _ => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

macro_rules! from_int {
    ($($id:ident),+ $(,)?) => {$(
        impl FromValue for base::$id {
            fn from_value(value: &Value) -> Option<Self> {
                i64::from_value(value).map(base::$id)
            }
        }
    )+};
}

from_int! {
    UserId, IdentityId, OrganizationId, GroupId, RoleId, SessionId, TokenId, OAuthClientId, OAuthTokenId, TicketId, CommentId, AuditId,
    AttachmentId, FieldId, FormId, BrandId, CustomStatusId, ViewId, MacroId, AddressId, MailboxId, InboundId,
    OutboundId, SuspendedId, JobId, NotificationId,
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Timestamp)
    }
}
