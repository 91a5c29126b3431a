CREATE ROLE harbour LOGIN PASSWORD 'harbour';
CREATE TABLE berths (name text PRIMARY KEY, depth_m numeric(4,1) NOT NULL, occupied_by text);
INSERT INTO berths VALUES ('1', 9.5, 'MS Linnea Star'), ('2', 8.0, 'MV Kestrel Bay'), ('3', 12.5, 'MT Northern Amber'), ('4', 14.0, 'MV Aurora Trader'), ('5', 14.0, NULL), ('6', 6.5, NULL);
CREATE TABLE cargo (id serial PRIMARY KEY, berth text REFERENCES berths, declared text NOT NULL, tonnes int NOT NULL);
INSERT INTO cargo (berth, declared, tonnes) VALUES ('2', 'sawn timber', 3200), ('4', 'containers', 18500), ('3', 'ballast water', 900);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO harbour;
