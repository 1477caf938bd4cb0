module hamba-peer

go 1.24

require github.com/hamba/avro/v2 v2.31.0
