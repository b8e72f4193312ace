"""What every kind of sensor must do, its maker's side against the real service over sockets."""
