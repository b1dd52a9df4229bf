"""Generated intrusions with exact truth per object, and the judging of what a result document says of them."""
