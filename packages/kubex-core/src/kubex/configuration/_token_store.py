"""Store new OpenID Connect tokens in the kubeconfig that contained the old ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubex.configuration._reader import as_mapping
from kubex.configuration._writer import Document, own_entry_values, update_file
from kubex.credentials import OpenIDTokens
from kubex.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Writes new tokens to a user of a kubeconfig; blocks."""

    file: Path
    user: str

    def __call__(self, tokens: OpenIDTokens) -> None:
        """Store the tokens; raises `ConfigurationError`."""

        # The file is read again under the lock, so that changes by other programs are not lost.
        def set_tokens(document: Document) -> None:
            config = self._provider_config(document)
            config["id-token"] = tokens.id_token
            config["refresh-token"] = tokens.refresh_token

        update_file(self.file, set_tokens)

    def _provider_config(self, document: Document) -> dict[str, Any]:
        values = own_entry_values(document, "users", "user", self.user) or {}
        provider = as_mapping(values.get("auth-provider")) or {}
        config: Any = provider.get("config")
        if provider.get("name") != "oidc" or as_mapping(config) is None:
            problem = (
                "no longer has an auth-provider oidc, so the new tokens were not stored; restore it, or log in again"
            )
            raise ConfigurationError(problem, source=str(self.file), entry=f"user {self.user!r}")
        found: dict[str, Any] = config
        return found
