"""Every page in every state: collected once, then looked at by a browser, a validator and two readers."""
