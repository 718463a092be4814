"""The GraphQL half of the protocol: schema files, and one table of resolvers per noun."""
