INSERT INTO users (id, name) VALUES
    (1, 'Ada'),
    (2, 'Grace'),
    (13, 'Margaret');

INSERT INTO products (id, name) VALUES
    (1, 'Lamp'),
    (2, 'Chair'),
    (7, 'Piano'),
    (11, 'Mirror');

INSERT INTO orders (id, user_id, product_id, pieces) VALUES
    (1, 1, 1, 2),
    (2, 2, 2, 4),
    (7, 1, 7, 1),
    (11, 2, 11, 1),
    (13, 13, 2, 1);
