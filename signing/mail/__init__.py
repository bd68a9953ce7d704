"""What leaves by SMTP: kinds, outbox, messages, connections. Knows neither Flask nor signatures."""
