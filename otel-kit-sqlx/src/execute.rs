use std::sync::Arc;

use async_stream::try_stream;
use either::Either;
use futures_core::{future::BoxFuture, stream::BoxStream};
use futures_util::TryStreamExt;
use sqlx_core::{database::Database, error::Error, executor::Executor};

use crate::{client::Client, lender::Lender, query::Query, rows::Rows, span::SqlSpan, within::Within};

/// Runs a query within a span that begins at the first poll and ends with the last row.
pub(crate) fn fetch_many<'e, DB, L>(client: Arc<Client>, lender: L, query: Query<DB>) -> Answers<'e, DB>
where
    DB: Database,
    L: Lender<DB> + 'e,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    Box::pin(try_stream! {
        let mut span = start(&client, &query);
        let mut failure = None;
        match lender.lend(&mut span).await {
            Err(error) => failure = Some(error),
            Ok(mut connection) => {
                let rows = {
                    let _entered = span.enter();
                    connection.fetch_many(query)
                };
                let mut rows = Rows::new(&mut span, rows);
                loop {
                    match rows.try_next().await {
                        Ok(Some(answer)) => yield answer,
                        Ok(None) => break,
                        Err(error) => {
                            failure = Some(error);
                            break;
                        }
                    }
                }
            }
        }
        // Not before the connection is back: whoever gets the error may want it while the stream is still there.
        if let Some(error) = failure {
            Err(error)?;
        }
    })
}

/// Runs a query for one row or none within a span.
pub(crate) fn fetch_optional<'e, DB, L>(
    client: Arc<Client>,
    lender: L,
    query: Query<DB>,
) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
where
    DB: Database,
    L: Lender<DB> + 'e,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    Box::pin(async move {
        let mut span = start(&client, &query);
        let mut connection = lender.lend(&mut span).await?;
        let row = Within::new(&span, async { connection.fetch_optional(query).await }).await;
        if let Ok(Some(_)) = &row {
            span.count_row();
        }
        span.finish(row.as_ref());
        row
    })
}

fn start<DB: Database>(client: &Arc<Client>, query: &Query<DB>) -> SqlSpan {
    SqlSpan::start(client, client.statement(query.text(), query.is_parameterised()))
}

/// Rows, and after those of each statement in the text how many rows it changed.
type Answers<'e, DB> =
    BoxStream<'e, Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>>;
