{"a": true, "b": null}
