CREATE TABLE users (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE products (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE orders (
    id         BIGINT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    pieces     BIGINT NOT NULL
);
