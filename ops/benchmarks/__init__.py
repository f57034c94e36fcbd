"""What `ops/bench` is made of: private servers, material, load, references and the report."""
