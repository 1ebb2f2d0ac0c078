# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model


class ClusterTrustBundleSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#clustertrustbundlespec-v1alpha1-certificates-k8s-io.
    """

    signer_name: str | None = None
    trust_bundle: str


class ClusterTrustBundle(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#clustertrustbundle-v1alpha1-certificates-k8s-io.
    """

    __resource__ = ApiResource(
        group="certificates.k8s.io", version="v1alpha1", kind="ClusterTrustBundle", plural="clustertrustbundles"
    )

    spec: ClusterTrustBundleSpec
