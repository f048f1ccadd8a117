"""What the local room answers to livekit-api and to agents workers."""
