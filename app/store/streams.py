"""The Stream port on DynamoDB Streams."""

import time
from typing import Any, TypeVar

import msgspec

from app.ports.errors import StoreError, StoreUnavailable
from app.ports.streams import IteratorExpired, Read, StreamShard, Trimmed
from app.store.errors import CLIENT_ERRORS, error_code, port_error
from app.store.outcomes import OK, UNDECODABLE, outcome_of
from app.store.stream_codec import record_of
from app.store.wire import BODY
from app.telemetry import spend

A = TypeVar("A")
_NOT_FOUND = "ResourceNotFoundException"


class StreamMissing(StoreUnavailable):
    """The table has no stream, or is not there. The message says so in plain words."""


class _Stream(msgspec.Struct):
    StreamArn: str
    StreamLabel: str


class _Streams(msgspec.Struct):
    Streams: list[_Stream] = []
    LastEvaluatedStreamArn: str | None = None


class _Range(msgspec.Struct):
    EndingSequenceNumber: str | None = None


class _Shard(msgspec.Struct):
    ShardId: str
    ParentShardId: str | None = None
    SequenceNumberRange: _Range = msgspec.field(default_factory=_Range)


class _Description(msgspec.Struct):
    Shards: list[_Shard] = []
    LastEvaluatedShardId: str | None = None


class _Described(msgspec.Struct):
    StreamDescription: _Description


class _Iterator(msgspec.Struct):
    ShardIterator: str


class _Records(msgspec.Struct):
    Records: list[msgspec.Raw] = []
    NextShardIterator: str | None = None


_STREAMS = msgspec.json.Decoder(_Streams)
_DESCRIBED = msgspec.json.Decoder(_Described)
_ITERATOR = msgspec.json.Decoder(_Iterator)
_RECORDS = msgspec.json.Decoder(_Records)


class DynamoStream:
    """See the port. `client` is a streams_client, `table` the name of the facts table."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._arn: str | None = None

    async def shards(self) -> list[StreamShard]:
        """All pages of DescribeStream. Raises StreamMissing where there is no stream."""
        shards: list[StreamShard] = []
        page: dict[str, str] = {}
        while True:
            described = await self._call("describe_stream", _DESCRIBED, StreamArn=await self._stream(), **page)
            shards += [_shard(one) for one in described.StreamDescription.Shards]
            last = described.StreamDescription.LastEvaluatedShardId
            if last is None:
                return shards
            page = {"ExclusiveStartShardId": last}

    async def open(self, shard_id: str, after: str | None) -> str:
        """GetShardIterator."""
        where = (
            {"ShardIteratorType": "TRIM_HORIZON"}
            if after is None
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        )
        stream = await self._stream()
        answer = await self._call("get_shard_iterator", _ITERATOR, StreamArn=stream, ShardId=shard_id, **where)
        return answer.ShardIterator

    async def read(self, iterator: str, limit: int) -> Read:
        """GetRecords."""
        answer = await self._call("get_records", _RECORDS, ShardIterator=iterator, Limit=limit)
        return Read([record_of(raw) for raw in answer.Records], answer.NextShardIterator)

    async def _stream(self) -> str:
        """The newest stream of the table, looked up once."""
        if self._arn is None:
            found = await self._streams()
            if not found:
                raise StreamMissing(
                    f"the table {self._table} is not there, or has no stream: it needs one with NEW_AND_OLD_IMAGES"
                )
            self._arn = max(found, key=lambda one: one.StreamLabel).StreamArn
        return self._arn

    async def _streams(self) -> list[_Stream]:
        """The table's streams, those that were switched off within the last day among them."""
        found: list[_Stream] = []
        page: dict[str, str] = {}
        while True:
            try:
                answer = await self._call("list_streams", _STREAMS, TableName=self._table, **page)
            except StoreUnavailable as error:
                if str(error) == _NOT_FOUND:
                    return []
                raise
            found += answer.Streams
            if answer.LastEvaluatedStreamArn is None:
                return found
            page = {"ExclusiveStartStreamArn": answer.LastEvaluatedStreamArn}

    async def _call(self, operation: str, decoder: msgspec.json.Decoder[A], **request: Any) -> A:
        started = time.perf_counter()
        outcome = OK
        try:
            answer = await getattr(self._client, operation)(**request)
            return decoder.decode(answer[BODY])
        except CLIENT_ERRORS as error:
            outcome, code = outcome_of(error), error_code(error)
            if code == _NOT_FOUND:
                self._arn = None  # the stream was switched off and on again, perhaps: look for it next time
            raise _told(error, code) from error
        except msgspec.MsgspecError as error:
            outcome = UNDECODABLE
            raise StoreUnavailable("an answer that could not be decoded") from error
        finally:
            spend(operation, outcome, table="stream", seconds=time.perf_counter() - started)


def _told(error: Exception, code: str) -> StoreError | Trimmed | IteratorExpired:
    match code:
        case "TrimmedDataAccessException":
            return Trimmed(code)
        case "ExpiredIteratorException":
            return IteratorExpired(code)
    return port_error(error, wrote=False)


def _shard(shard: _Shard) -> StreamShard:
    return StreamShard(shard.ShardId, shard.ParentShardId, shard.SequenceNumberRange.EndingSequenceNumber is not None)
