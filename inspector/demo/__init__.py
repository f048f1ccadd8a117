"""The demo: three programs that call each other and us in a local room, so that there is traffic to see."""
