"""Event streams to browsers: one tailer a process, one stream a browser. Shows no page."""
