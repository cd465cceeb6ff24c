-- The place in Kafka is the key: a message that comes again changes nothing.
CREATE TABLE stock_counts (
    kafka_partition BIGINT NOT NULL,
    kafka_offset    BIGINT NOT NULL,
    product_id      BIGINT NOT NULL,
    pieces          BIGINT NOT NULL,
    PRIMARY KEY (kafka_partition, kafka_offset)
);
