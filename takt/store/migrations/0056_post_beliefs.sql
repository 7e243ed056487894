-- Both are in `belief`.
DROP TABLE tolerance;
DROP TABLE liking;
