"""WhatsApp in and out: listener, inbox, drain, outbox, media, and the simulator that stands in for Meta."""
